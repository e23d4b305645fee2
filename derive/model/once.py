"""A property that is found out once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

Found = TypeVar("Found")


class Once(Generic[Found]):
    """A property that is found out once, as by ``functools.cached_property``, which takes a lock until Python 3.12.

    A derivation asks thousands of quantities for their symbols, and the lock takes as long as the rest of the asking.
    """

    def __init__(self, find: Callable[[Any], Found]) -> None:
        self.find, self.name, self.__doc__ = find, find.__name__, find.__doc__

    @overload
    def __get__(self, instance: None, owner: type) -> Once[Found]: ...
    @overload
    def __get__(self, instance: object, owner: type) -> Found: ...
    def __get__(self, instance: object | None, owner: type) -> Once[Found] | Found:
        if instance is None:
            return self
        found = instance.__dict__[self.name] = self.find(instance)  # from now on found there, and not asked for here
        return found
