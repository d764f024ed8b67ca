"""Stands for glue_start_emr.py."""
