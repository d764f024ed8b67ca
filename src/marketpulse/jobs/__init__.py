"""One stage of the flow as a job of Glue or EMR: arguments -> flow -> log lines, a run report and an exit code.

--stage ingest | silver | gold | maintain      (see `arguments`)
   │
   ├─ arguments   `--key value` pairs -> JobArguments -> Settings and flow.Options
   ├─ stage       runs the flow, writes the report                                 -> exit code
   └─ log         everything a person must know, one JSON object a line
"""
