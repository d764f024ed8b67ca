"""A data stream of AWS."""


class Kinesis: ...
