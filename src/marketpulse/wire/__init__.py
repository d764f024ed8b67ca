"""The wire of Postgres, read-only: tables and metrics for whatever speaks to a Postgres server.

    server      listens; a thread a connection
    startup     TLS, who asks, the password
    session     messages of one connection in their order: simple and extended queries
    statements  what a text is: a query, or what drivers say around queries
    portals     a running query, row by row
    catalogue/  what there is, as Postgres would say it
    types, encoding, values    columns and parameters in Postgres's types

A person's SQL goes where `marketpulse query` has it go (`serving.query.stream`): the same tables, the same masks, the
same limits. What stands here is the protocol: https://www.postgresql.org/docs/15/protocol.html
"""
