"""Where bytes are.

places     a folder of this machine, or s3://…, behind a few verbs
layout     where each table lies and what the catalog calls it
s3         the AWS edge
"""
