"""One file a concept: columns and constraints, no verbs."""

from models.tables.application import Application
from models.tables.booking import Booking, BookingSlot
from models.tables.edition import CatalogueEdition
from models.tables.hall import CounterShift, Estimate, Hall, HelpCall, NumberLease, QueueLimit, SlipJob
from models.tables.office import Counter, CounterQueue, ExceptionalDay, Office, OfficeProcedure, OpeningHours
from models.tables.paper import PrintJob
from models.tables.record import AuditEntry, Baseline, IdempotencyKey, JobRun, SchedulerLease
from models.tables.slot import Slot
from models.tables.staff import AccessToken, Device, DeviceCode, Staff
from models.tables.visit import NumberSequence, Ticket, TicketEvent, Visit

__all__ = [
    "AccessToken",
    "Application",
    "AuditEntry",
    "Baseline",
    "Booking",
    "BookingSlot",
    "CatalogueEdition",
    "Counter",
    "CounterQueue",
    "CounterShift",
    "Device",
    "DeviceCode",
    "Estimate",
    "ExceptionalDay",
    "Hall",
    "HelpCall",
    "IdempotencyKey",
    "JobRun",
    "NumberLease",
    "NumberSequence",
    "Office",
    "OfficeProcedure",
    "OpeningHours",
    "PrintJob",
    "QueueLimit",
    "SchedulerLease",
    "SlipJob",
    "Slot",
    "Staff",
    "Ticket",
    "TicketEvent",
    "Visit",
]
