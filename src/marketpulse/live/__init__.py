"""Live: door, cycles and upkeep together, until somebody says stop.

    supervisor  the process that a person starts: shows, restarts what died, stops both
      ├─ door     a child, `marketpulse collect`: 200 means kept, whatever the cycles do
      └─ worker   a child: landed → gold again and again (`cycles`), then upkeep of what was touched

A child whose standard input ends, ends: so none outlives a supervisor that was killed. No state is kept: whatever dies
where, the next cycle goes on from the tables, as the next run would.
"""
