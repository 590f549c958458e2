"""Asks the time-stamp authorities for what is queued; without an answer it stays queued and visible."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from crawlers.posting import DoorPoster
from crawlers.stamper import COMPONENT, Authority, Stamper, StampReport, roots_in

if TYPE_CHECKING:
    from config import Config
    from crawlers.egress import Door
    from crawlers.practice import World
    from review.night.ground import Ground


def authorities(config: Config, world: World, data: Path) -> list[Authority]:
    """The configured authorities that are switched on, with the roots their stamps must lead to."""
    roots = roots_in(world.trust.tsa_roots or sorted((data / "trust" / "tsa").glob("*.pem")))
    services = config.settings.services
    chosen = [(name, services[name]) for name in config.settings.stamp.authorities if name in services]
    return [Authority(name, service.url, roots, service.component) for name, service in chosen if service.enabled]


def poster(config: Config, door: Door) -> DoorPoster:
    """Posts to the services of `[stamp] authorities`, each with its own component's key."""
    services = config.settings.services
    components = {services[name].component for name in config.settings.stamp.authorities if name in services}
    return DoorPoster(door.client(*(sorted(components) or [COMPONENT])), config.settings.stamp.timeout_seconds)


def stamp(ground: Ground) -> StampReport:
    """Every stamp that is still queued."""
    asked = authorities(ground.config, ground.world, ground.data)
    return Stamper(ground.store, asked, poster(ground.config, ground.door)).run()
