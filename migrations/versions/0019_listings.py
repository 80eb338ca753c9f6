"""Listings: the narrow rows by which announced lots are searched, counted and put in order, kept by the database."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

#: PostgreSQL moves a value out of its row only where the row is over 2,000 bytes long. The tokens shall lie outside,
#: or a question that finds 100,000 lots reads three times the pages: so one of them is repeated, which means nothing.
TOKENS = """
CREATE FUNCTION tokens_of_lot(lot lots) RETURNS text[] LANGUAGE sql STABLE AS $$
    SELECT lot.search_grams || ARRAY[
        'court:' || lot.court_id, 'court:' || lot.court_name, 'city:' || lot.city
    ] || array_fill('court:' || lot.court_id, ARRAY[200])
$$
"""
#: Lots that are alike in all of these stand on one shelf; a unit separator stands between them.
SHELF = """
CREATE FUNCTION shelf_of_lot(lot lots) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT array_to_string(
        ARRAY[lot.status, coalesce(lot.outcome, ''), lot.kind, lot.category, lot.round, lot.city], chr(31)
    )
$$
"""
ENTER = """
INSERT INTO listings
    (lot_id, announced_at, opens_at, ends_at, start_price_minor, status, shelf, tokens)
SELECT lots.id, lots.announced_at, lots.opens_at, lots.ends_at, lots.start_price_minor, lots.status,
    shelf_of_lot(lots), tokens_of_lot(lots)
FROM lots WHERE lots.announced_at IS NOT NULL
"""
LIST = """
CREATE FUNCTION list_lot() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM listings WHERE lot_id = NEW.id;
    {enter} AND lots.id = NEW.id;
    RETURN NULL;
END $$
"""
MOVE = """
CREATE FUNCTION move_listing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE listings SET opens_at = NEW.opens_at, ends_at = NEW.ends_at, status = NEW.status,
        shelf = shelf_of_lot(NEW)
    WHERE lot_id = NEW.id;
    RETURN NULL;
END $$
"""
#: What of a lot does not change once it is announced, and what does.
FIXED = "announced_at, start_price_minor, court_id, court_name, city, kind, category, round, search_grams"
MOVING = "opens_at, ends_at, status, outcome"


def upgrade() -> None:
    op.create_table(
        "listings",
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("start_price_minor", sa.BigInteger(), nullable=False),
        sa.Column("shelf", sa.Text(), nullable=False),
        sa.Column("lot_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("tokens", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.id"], name=op.f("fk_listings_lot_id_lots"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("lot_id", name=op.f("pk_listings")),
    )
    op.execute("ALTER TABLE listings SET (toast_tuple_target = 128)")
    for short in ("lot_id", "status", "shelf"):
        op.execute(f"ALTER TABLE listings ALTER {short} SET STORAGE MAIN")
    op.execute(TOKENS)
    op.execute(SHELF)
    op.execute(ENTER)
    op.create_index("ix_listings_tokens", "listings", ["tokens"], postgresql_using="gin")
    for column in ("ends_at", "opens_at", "announced_at", "start_price_minor"):
        op.create_index(f"ix_listings_{column}", "listings", [column, "lot_id"])
    op.create_index("ix_listings_status_ends_at", "listings", ["status", "ends_at", "lot_id"])
    op.create_index("ix_listings_shelf", "listings", ["shelf"])
    op.execute(LIST.replace("{enter}", ENTER.strip()))
    op.execute(MOVE)
    op.execute(
        "CREATE TRIGGER lots_are_listed AFTER INSERT ON lots FOR EACH ROW"
        " WHEN (NEW.announced_at IS NOT NULL) EXECUTE FUNCTION list_lot()"
    )
    op.execute(
        f"CREATE TRIGGER lots_are_listed_anew AFTER UPDATE OF {FIXED} ON lots FOR EACH ROW EXECUTE FUNCTION list_lot()"
    )
    op.execute(
        f"CREATE TRIGGER lots_move_their_listing AFTER UPDATE OF {MOVING} ON lots FOR EACH ROW"
        " WHEN (NEW.announced_at IS NOT NULL) EXECUTE FUNCTION move_listing()"
    )
    # Announced lots are found by their listings; what is still in preparation, by its own grams.
    op.drop_index("ix_lots_search_grams", table_name="lots")
    op.create_index(
        "ix_lots_search_grams_unannounced",
        "lots",
        ["search_grams"],
        postgresql_using="gin",
        postgresql_where=sa.text("announced_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_lots_search_grams_unannounced", table_name="lots")
    op.create_index("ix_lots_search_grams", "lots", ["search_grams"], postgresql_using="gin")
    for trigger in ("lots_are_listed", "lots_are_listed_anew", "lots_move_their_listing"):
        op.execute(f"DROP TRIGGER {trigger} ON lots")
    for function in ("list_lot()", "move_listing()", "tokens_of_lot(lots)", "shelf_of_lot(lots)"):
        op.execute(f"DROP FUNCTION {function}")
    op.drop_table("listings")
