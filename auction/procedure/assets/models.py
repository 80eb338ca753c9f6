"""Tables of seized property."""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from auction.foundation.database.base import Base, Id, Instant, Json, JsonList, MaybeInstant, MaybeMinor


class Property(Base):
    """A thing or right; ``control_until`` is the end of its newest measure."""

    __tablename__ = "properties"
    __table_args__ = (
        CheckConstraint("status IN ('seized', 'disposing', 'disposed', 'released')", name="status_is_known"),
        CheckConstraint("control_until > seized_at", name="control_ends_after_it_starts"),
        CheckConstraint(
            "(release_ordered_at IS NULL) = (release_order_ground IS NULL)", name="an_order_to_release_has_a_ground"
        ),
        Index("ix_properties_case_id", "case_id"),
        Index("ix_properties_owner_person_id", "owner_person_id"),
        Index(
            "ix_properties_control_until_when_held",
            "control_until",
            postgresql_where=text("status IN ('seized', 'disposing')"),
        ),
        Index(
            "ix_properties_seized_at_when_not_valued",
            "seized_at",
            postgresql_where=text("status = 'seized' AND valuation_begun_at IS NULL"),
        ),
        Index(
            "ix_properties_price_fixed_at_when_not_disposing",
            "price_fixed_at",
            postgresql_where=text("status = 'seized' AND price_fixed_at IS NOT NULL AND disposal_begun_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[str] = mapped_column(Text)
    category: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    city: Mapped[str] = mapped_column(Text)
    district: Mapped[str | None] = mapped_column(Text)
    owner_person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"))
    facts: Mapped[Json]
    indivisible_with: Mapped[JsonList]
    sole_home: Mapped[bool] = mapped_column(Boolean)
    living_setaside_minor: Mapped[MaybeMinor]
    encumbrances: Mapped[JsonList]
    seized_at: Mapped[Instant]
    control_until: Mapped[Instant]
    status: Mapped[str] = mapped_column(Text)
    valuation_begun_at: Mapped[MaybeInstant]
    price_fixed_at: Mapped[MaybeInstant]
    disposal_begun_at: Mapped[MaybeInstant]
    released_at: Mapped[MaybeInstant]
    release_ground: Mapped[str | None] = mapped_column(Text)
    monthly_rent_minor: Mapped[MaybeMinor]
    release_ordered_at: Mapped[MaybeInstant]
    release_order_ground: Mapped[str | None] = mapped_column(Text)


class ControlMeasure(Base):
    """One seizure or renewal; only added, never changed."""

    __tablename__ = "control_measures"
    __table_args__ = (
        CheckConstraint("kind IN ('seize', 'renew')", name="kind_is_known"),
        CheckConstraint("until > starts_at", name="ends_after_it_starts"),
        Index("ix_control_measures_property_id_until", "property_id", "until"),
    )

    id: Mapped[Id]
    property_id: Mapped[str] = mapped_column(ForeignKey("properties.id"))
    kind: Mapped[str] = mapped_column(Text)
    starts_at: Mapped[Instant]
    until: Mapped[Instant]
    ordered_at: Mapped[Instant]


class DisposalHold(Base):
    """What blocks the disposal of a property; over when lifted or when its end has passed."""

    __tablename__ = "disposal_holds"
    __table_args__ = (
        Index(
            "ix_disposal_holds_property_id_when_not_lifted", "property_id", postgresql_where=text("lifted_at IS NULL")
        ),
        Index("ix_disposal_holds_property_id", "property_id"),
    )

    id: Mapped[Id]
    property_id: Mapped[str] = mapped_column(ForeignKey("properties.id"))
    reason: Mapped[str] = mapped_column(Text)
    since: Mapped[Instant]
    until: Mapped[MaybeInstant]
    lifted_at: Mapped[MaybeInstant]


class WaitingSeizure(Base):
    """Another case's place in the queue for a thing under control (轮候查封)."""

    __tablename__ = "waiting_seizures"
    __table_args__ = (
        CheckConstraint("place > 0", name="place_is_positive"),
        CheckConstraint("status IN ('waiting', 'effective', 'withdrawn', 'spent')", name="status_is_known"),
        CheckConstraint("(status = 'waiting') = (ended_at IS NULL)", name="what_ended_says_when"),
        Index("uq_waiting_seizures_place", "property_id", "place", unique=True),
        Index("ix_waiting_seizures_case_id", "case_id"),
        Index(
            "uq_waiting_seizures_one_a_case",
            "property_id",
            "case_id",
            unique=True,
            postgresql_where=text("status = 'waiting'"),
        ),
    )

    id: Mapped[Id]
    property_id: Mapped[str] = mapped_column(ForeignKey("properties.id"))
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    place: Mapped[int] = mapped_column(Integer)
    status: Mapped[str] = mapped_column(Text)
    queued_at: Mapped[Instant]
    ended_at: Mapped[MaybeInstant]


class DisposalTransfer(Base):
    """The right to dispose of a thing, asked for by another case and transferred by the first (法释〔2016〕6号)."""

    __tablename__ = "disposal_transfers"
    __table_args__ = (
        CheckConstraint("ground IN ('priority', 'preservation')", name="ground_is_known"),
        CheckConstraint("from_case_id <> to_case_id", name="between_two_cases"),
        Index("ix_disposal_transfers_property_id", "property_id"),
        Index("ix_disposal_transfers_to_case_id", "to_case_id"),
        Index("ix_disposal_transfers_from_case_id", "from_case_id"),
        Index(
            "uq_disposal_transfers_one_open",
            "property_id",
            unique=True,
            postgresql_where=text("transferred_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    property_id: Mapped[str] = mapped_column(ForeignKey("properties.id"))
    from_case_id: Mapped[str] = mapped_column(Text)
    to_case_id: Mapped[str] = mapped_column(Text)
    ground: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[Instant]
    letter_by: Mapped[Instant]
    transferred_at: Mapped[MaybeInstant]
    undecided: Mapped[bool] = mapped_column(Boolean)
    confirmed: Mapped[Json] = mapped_column(default=dict, server_default="{}")
