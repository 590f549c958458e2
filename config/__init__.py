"""The configuration of an office: packaged TOML files, an office's directory laid over them, strict models."""

from config.checks import expired
from config.errors import ConfigError, Problem
from config.loader import Config, check, load

__all__ = ["Config", "ConfigError", "Problem", "check", "expired", "load"]
