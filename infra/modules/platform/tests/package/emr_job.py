stands for emr_job.py
