"""Tests of the practice web's server; its packaged content has tests of its own."""
