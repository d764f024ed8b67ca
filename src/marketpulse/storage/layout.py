"""Where each table lies and what the catalog calls it: one warehouse folder, or a bucket a layer."""

from __future__ import annotations

from dataclasses import dataclass

from marketpulse.names import LAYERS, QUARANTINE

LAYER = "{layer}"


@dataclass(frozen=True)
class Layout:
    """`warehouse` and `namespace` may hold `{layer}`.

    With a bucket a layer, rejected rows lie in the `quarantine` bucket: others may read them than may read silver.
    Their table stays in the database of silver.
    """

    warehouse: str
    namespace: str = LAYER

    def location(self, name: str) -> str:
        """Folder of the table `<layer>.<table>`.

        >>> Layout("/lake").location("gold.daily")
        '/lake/gold/daily'
        >>> Layout("s3://lake-dev-{layer}").location("silver.quarantine")
        's3://lake-dev-quarantine/quarantine'
        """
        layer, short = name.split(".")
        if LAYER not in self.warehouse:
            return f"{self.warehouse}/{layer}/{short}"
        place = "quarantine" if name == QUARANTINE else layer
        return f"{self.warehouse.replace(LAYER, place)}/{short}"

    @property
    def roots(self) -> tuple[str, ...]:
        """Folders in which tables lie.

        >>> Layout("s3://lake-dev-{layer}").roots[:2]
        ('s3://lake-dev-bronze', 's3://lake-dev-silver')
        """
        if LAYER not in self.warehouse:
            return (self.warehouse,)
        return tuple(self.warehouse.replace(LAYER, place) for place in (*LAYERS, "quarantine"))

    def identifier(self, name: str) -> tuple[str, str]:
        """Namespace and name of the table `<layer>.<table>` in the catalog."""
        layer, short = name.split(".")
        return self.namespace_of(layer), short

    def namespace_of(self, layer: str) -> str:
        """Namespace of a layer."""
        return self.namespace.replace(LAYER, layer)

    @property
    def namespaces(self) -> dict[str, str]:
        """Layer to namespace."""
        return {layer: self.namespace_of(layer) for layer in LAYERS}

    def reports(self) -> str:
        """Folder of the run reports: in the bucket of the logs where each layer has its own."""
        if LAYER in self.warehouse:
            return f"{self.warehouse.replace(LAYER, 'logs')}/runs"
        return f"{self.warehouse}/_runs"
