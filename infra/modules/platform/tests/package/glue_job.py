stands for glue_job.py
