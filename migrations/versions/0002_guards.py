"""What the database itself refuses: changing the docket or the ledger, and an entry that does not balance."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPEND_ONLY = ("docket_entries", "docket_seals", "ledger_entries", "ledger_postings")

REFUSE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% only grows: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$
"""

BALANCES = """
CREATE FUNCTION entry_sums_to_zero() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM ledger_postings WHERE entry_id = NEW.entry_id GROUP BY currency HAVING sum(amount_minor) <> 0
    ) THEN
        RAISE EXCEPTION 'ledger entry % does not sum to zero', NEW.entry_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$
"""

SAME_TRANSACTION = """
CREATE FUNCTION posting_comes_with_its_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM ledger_entries
        WHERE id = NEW.entry_id AND txid = (pg_current_xact_id()::text)::bigint
    ) THEN
        RAISE EXCEPTION 'ledger entry % is closed: no posting is added to it', NEW.entry_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""

GAPLESS = """
CREATE FUNCTION docket_is_gapless() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before docket_entries%ROWTYPE;
BEGIN
    IF NEW.seq = 1 THEN
        IF NEW.prev <> repeat('0', 64) THEN
            RAISE EXCEPTION 'entry 1 of % has something before it', NEW.chain USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    SELECT * INTO before FROM docket_entries WHERE chain = NEW.chain AND seq = NEW.seq - 1;
    IF NOT FOUND OR before.hash <> NEW.prev OR before.at > NEW.at THEN
        RAISE EXCEPTION 'entry % of % does not follow the one before', NEW.seq, NEW.chain
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    for statement in (REFUSE, BALANCES, SAME_TRANSACTION, GAPLESS):
        op.execute(statement)
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    op.execute(
        "CREATE CONSTRAINT TRIGGER sums_to_zero AFTER INSERT ON ledger_postings DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW EXECUTE FUNCTION entry_sums_to_zero()"
    )
    op.execute(
        "CREATE TRIGGER comes_with_its_entry BEFORE INSERT ON ledger_postings "
        "FOR EACH ROW EXECUTE FUNCTION posting_comes_with_its_entry()"
    )
    op.execute(
        "CREATE TRIGGER gapless BEFORE INSERT ON docket_entries FOR EACH ROW EXECUTE FUNCTION docket_is_gapless()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER gapless ON docket_entries")
    op.execute("DROP TRIGGER comes_with_its_entry ON ledger_postings")
    op.execute("DROP TRIGGER sums_to_zero ON ledger_postings")
    for table in APPEND_ONLY:
        op.execute(f"DROP TRIGGER never_emptied ON {table}")
        op.execute(f"DROP TRIGGER only_grows ON {table}")
    for function in ("docket_is_gapless", "posting_comes_with_its_entry", "entry_sums_to_zero", "refuse_change"):
        op.execute(f"DROP FUNCTION {function}()")
