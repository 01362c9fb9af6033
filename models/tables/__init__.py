"""One file a concept: columns and constraints, no verbs."""

from models.tables.application import Application
from models.tables.booking import Booking, BookingPerson, BookingSlot
from models.tables.crossing import CarriedBooking, CarriedFile, OtherSide
from models.tables.edition import CatalogueEdition
from models.tables.envelope import Envelope, SealingKey
from models.tables.fact import DailyFact, FactDay, FactName, PeriodFact
from models.tables.forecast import DayForecast
from models.tables.form_revision import FormRevision
from models.tables.hall import CounterShift, Estimate, Hall, HelpCall, NumberLease, QueueLimit, SlipJob
from models.tables.handover import Handover, Receiver
from models.tables.kept import KeptAnswer
from models.tables.message import Channel, LineCode, Message, MessageText, Subscription
from models.tables.office import (
    Counter,
    CounterQueue,
    ExceptionalDay,
    Office,
    OfficePolicy,
    OfficeProcedure,
    OpeningHours,
)
from models.tables.paper import PrintJob
from models.tables.printer import DirectPrint, Printer
from models.tables.record import AuditEnd, AuditEntry, Baseline, IdempotencyKey, JobRun, SchedulerLease
from models.tables.satisfaction import Satisfaction
from models.tables.setting import SettingChange
from models.tables.slot import Slot, SlotPattern, SlotProposal
from models.tables.staff import AccessToken, Device, DeviceCode, Staff
from models.tables.staffing import RosterRules, StaffingTuning
from models.tables.visit import NumberSequence, Ticket, TicketEvent, Visit
from models.tables.waiting_list import FreedPlace, OfferedSlot, WaitingEntry

__all__ = [
    "AccessToken",
    "Application",
    "AuditEnd",
    "AuditEntry",
    "Baseline",
    "Booking",
    "BookingPerson",
    "BookingSlot",
    "CarriedBooking",
    "CarriedFile",
    "CatalogueEdition",
    "Channel",
    "Counter",
    "CounterQueue",
    "CounterShift",
    "DailyFact",
    "DayForecast",
    "Device",
    "DeviceCode",
    "DirectPrint",
    "Envelope",
    "Estimate",
    "ExceptionalDay",
    "FactDay",
    "FactName",
    "FormRevision",
    "FreedPlace",
    "Hall",
    "Handover",
    "HelpCall",
    "IdempotencyKey",
    "JobRun",
    "KeptAnswer",
    "LineCode",
    "Message",
    "MessageText",
    "NumberLease",
    "NumberSequence",
    "OfferedSlot",
    "Office",
    "OfficePolicy",
    "OfficeProcedure",
    "OpeningHours",
    "OtherSide",
    "PeriodFact",
    "PrintJob",
    "Printer",
    "QueueLimit",
    "Receiver",
    "RosterRules",
    "Satisfaction",
    "SchedulerLease",
    "SealingKey",
    "SettingChange",
    "SlipJob",
    "Slot",
    "SlotPattern",
    "SlotProposal",
    "Staff",
    "StaffingTuning",
    "Subscription",
    "Ticket",
    "TicketEvent",
    "Visit",
    "WaitingEntry",
]
