"""Moto's server, and what the stack needs that moto lacks or gets wrong; one file a service.

`python -m tests.infra.emulator -p PORT`. Each change is towards what AWS documents. It proves schema, graph,
idempotency and the order of a destroy; it does not check permissions (`policies.py` does).
"""
