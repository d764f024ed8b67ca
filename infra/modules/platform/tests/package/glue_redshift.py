"""Stands for glue_redshift.py."""
