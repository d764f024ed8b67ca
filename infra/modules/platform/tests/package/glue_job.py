"""Stands for glue_job.py."""
