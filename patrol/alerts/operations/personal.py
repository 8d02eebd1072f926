"""What alerts hold of a person."""

from uuid import UUID

from config.personal import Part, part
from patrol.alerts.models import Alert, Drill, Recipient


def exported(person: UUID) -> list[Part]:
    """The alerts that were sent to a person, and those that they took."""
    sent = Recipient.select().where(Recipient.person == person).order_by(Recipient.told_at)
    taken = Alert.select().where(Alert.acknowledged_by == person).order_by(Alert.acknowledged_at)
    drills = Drill.select().where(Drill.started_by == person)
    return [
        part(sent, ko="받은 경보", en="Alerts received"),
        part(taken, ko="맡은 경보", en="Alerts taken"),
        part(drills, ko="시작한 훈련", en="Drills started"),
    ]
