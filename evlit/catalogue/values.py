"""What the catalogue is once it is read."""

from dataclasses import field
from typing import NamedTuple

from evlit.records import CuratedStudy, Product, Topic, Trial
from evlit.values import value


class Negative(NamedTuple):
    """What reviews list as a study of MSC vesicles and is none: kept so it stays out."""

    name: str
    trial_id: str
    listed_as: str
    why: str
    sources: tuple[str, ...]


@value(frozen=True, slots=True)
class Catalogue:
    """All that is asked and all that curators know, as one unchanging value."""

    topics: tuple[Topic, ...]
    """By key."""
    products: tuple[Product, ...]
    """By key."""
    external: tuple[CuratedStudy, ...] = ()
    """Studies that belong to no product: evidence for the class."""
    trials_without_product: tuple[Trial, ...] = ()
    negatives: tuple[Negative, ...] = ()
    version: str = ""
    """Hash of all files, 16 hex digits: a mention or tag of another version is due again."""
    _by_key: dict[str, Product] = field(default_factory=dict, repr=False, compare=False)

    def product(self, key: str) -> Product:
        """Return a product by its key.

        :raises KeyError: there is none
        """
        return self._by_key[key]

    def topic(self, key: str) -> Topic:
        """Return a topic by its key.

        :raises KeyError: there is none
        """
        for topic in self.topics:
            if topic.key == key:
                return topic
        raise KeyError(key)
