"""Numbers that are defined once: what a metric is, and the query that answers a question about some of them.

    metrics/*.yaml -(project)-> `Definitions` of `Metric`
    `Question` -> `Asked` (days, dimensions, condition) -> `compiled` -> one query in Spark SQL, for every dialect

Nothing here reads a file or a table: who asks a warehouse is `serving.metrics`.
"""
