"""Strict frozen model of `workdays.toml`: public holidays and the days worked instead, a year an entry."""

from __future__ import annotations

from config.schema import Identifier, IsoDate, Model, Text


class Year(Model):
    """`id` is the year. `holidays` fall on any day, `worked` are the weekend days worked instead."""

    id: Identifier
    holidays: tuple[IsoDate, ...]
    worked: tuple[IsoDate, ...]
    source: Text


class Workdays(Model):
    years: tuple[Year, ...]
