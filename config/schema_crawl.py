"""Models of `crawl.toml`: how the crawler shows itself, how much it asks for, and how it waits."""

from __future__ import annotations

from config.schema import Bytes, Count, CountOrNone, Model, Port, Seconds, SecondsOrNone, Text, Url


class Visitor(Model):
    """How the plain crawler shows itself. `viewport` is (width, height) in CSS pixels."""

    user_agent: Text
    accept_language: Text
    referrer: Url
    viewport: tuple[Count, Count]


class Budget(Model):
    queries_per_engine: CountOrNone
    keywords_per_marketplace: CountOrNone
    pages_per_query: Count
    sites_per_night: CountOrNone
    tips_per_night: CountOrNone
    inner_pages_per_site: CountOrNone
    lookalikes_per_night: CountOrNone
    lookalike_rest_days: CountOrNone
    listings_per_marketplace: CountOrNone


class DoorSettings(Model):
    pin_seconds: Seconds
    idle_seconds: Seconds
    connect_timeout_seconds: Seconds
    head_timeout_seconds: Seconds
    max_tunnel_bytes: Bytes
    deny_ports: tuple[Port, ...]


class NetworkSettings(Model):
    down_hosts: Count
    pause_seconds: Seconds
    pauses_max: Count


class Crawl(Model):
    delay_seconds: SecondsOrNone
    concurrency: Count
    concurrency_per_host: Count
    timeout_seconds: Seconds
    max_body_bytes: Bytes
    redirect_max: CountOrNone
    retry_times: CountOrNone
    retry_after_max_seconds: Seconds
    obey_robots: bool
    tracking_parameters: tuple[Text, ...]
    desktop: Visitor
    phone: Visitor
    budget: Budget
    network: NetworkSettings
    door: DoorSettings
