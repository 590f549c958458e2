from tests.review.conftest import store

__all__ = ["store"]
