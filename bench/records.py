"""Checks a SQLite database after its server has ended: do the audit log and the records agree?"""

import os
import sqlite3
import uuid


class Records:
    def __init__(self, folder):
        conn = sqlite3.connect(os.path.join(folder, "gatepost.db"))
        ids = lambda query: {str(uuid.UUID(bytes=row[0])) for row in conn.execute(query)}
        self.campaigns = ids("select id from campaigns")
        self.revoked = ids("select id from api_keys where revoked_at is not null")
        rows = conn.execute("select action, resource, count(*) from audit_log where refusal is null group by 1, 2").fetchall()
        self.written = {(action, resource.split("/", 1)[-1]): count for action, resource, count in rows}
        self.damage = conn.execute("pragma quick_check(1)").fetchone()[0]
        conn.close()

    def recorded(self, action):
        return {id for verb, id in self.written if verb == action}

    def disagreements(self):
        """Changes without an audit row, audit rows without a change, duplicate rows, and broken pages."""
        created, removed = self.recorded("campaigns:create"), self.recorded("campaigns:delete")
        twice = [what for what, count in self.written.items() if count > 1 and what[0] == "campaigns:create"]
        broken = [] if self.damage == "ok" else [self.damage]
        return sorted((created - removed) ^ self.campaigns) + sorted(
            self.recorded("api_keys:delete") ^ self.revoked
        ) + twice + broken
