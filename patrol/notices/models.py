"""Records of notices. Who was told is kept by nobody but their own inbox, and there until the notice is over."""

from uuid import uuid4

import peewee

from config.database import Record, UtcField, one_of
from patrol.notices import rules
from patrol.people.models import Person
from patrol.places.models import City


class Notice(Record):
    """A look-out. `words`: {"ko", "en"}, one of which may be empty. `told`: to how many it went, never to whom.

    In force until `expires_at` or `withdrawn_at`; then nobody is shown it any more. `changed_at`: when its end was
    last changed.
    """

    id = peewee.UUIDField(primary_key=True, default=uuid4)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    author = peewee.ForeignKeyField(Person, null=True, on_delete="SET NULL")
    kind = peewee.TextField()
    words = peewee.JSONField()
    lon = peewee.DoubleField()
    lat = peewee.DoubleField()
    radius_m = peewee.DoubleField()
    told = peewee.IntegerField(default=0)
    version = peewee.IntegerField(default=1)
    created_at = UtcField()
    expires_at = UtcField()
    withdrawn_at = UtcField(null=True)
    changed_at = UtcField(null=True)

    class Meta:
        indexes = ((("city", "expires_at"), False),)
        constraints = (
            one_of("kind", rules.KINDS),
            peewee.Check("lon BETWEEN -180 AND 180 AND lat BETWEEN -90 AND 90"),
            peewee.Check("radius_m > 0 AND told >= 0"),
        )
