stands for glue_redshift.py
