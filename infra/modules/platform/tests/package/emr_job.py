"""Stands for emr_job.py."""
