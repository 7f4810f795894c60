"""What waits for the broker is bounded, keeps its order, and is forgotten with its connection."""

import threading

from devices.backlog import BULK, Backlog, Outgoing


def message(size: int, name: str = "t") -> Outgoing:
    return Outgoing(name, bytes(size), 1, False)


def opened(most: int = 10, most_bytes: int = 1_000_000) -> Backlog:
    backlog = Backlog(lambda: None, most, most_bytes)
    backlog.open()
    return backlog


def test_nothing_is_accepted_before_it_opens_or_after_it_closes() -> None:
    backlog = Backlog(lambda: None)
    assert not backlog.put(message(1))
    backlog.open()
    assert backlog.put(message(1))
    assert backlog.close() and not backlog.close()
    assert not backlog.put(message(1)) and backlog.take() is None and len(backlog) == 0


def test_messages_under_way_count_until_the_broker_has_them() -> None:
    backlog = opened(most=2)
    assert backlog.put(message(5)) and backlog.put(message(5)) and not backlog.put(message(5))
    assert backlog.take() is not None and not backlog.put(message(5))
    backlog.done(5)
    assert backlog.put(message(5))


def test_bulk_fills_half_of_the_room_and_orders_the_rest() -> None:
    backlog = opened(most=1000, most_bytes=4 * BULK)
    assert [backlog.put(message(BULK)) for _ in range(3)] == [True, True, False]
    assert backlog.put(message(1024))


def test_messages_leave_in_the_order_they_came() -> None:
    backlog = opened()
    for number in range(10):
        backlog.put(message(1, str(number)))
    taken = [backlog.take() for _ in range(10)]
    assert [left.topic for left in taken if left] == [str(number) for number in range(10)]


def test_whoever_takes_is_woken_for_every_message_after_silence() -> None:
    rung = threading.Semaphore(0)
    backlog = Backlog(rung.release)
    backlog.open()
    count, taken = 20_000, 0

    def fill() -> None:
        for _ in range(count):
            while not backlog.put(message(1)):
                pass

    writers = [threading.Thread(target=fill) for _ in range(2)]
    for writer in writers:
        writer.start()
    while taken < 2 * count:
        assert rung.acquire(timeout=10), "asleep with messages waiting"
        while backlog.take() is not None:
            taken += 1
            backlog.done(1)
    for writer in writers:
        writer.join()
    assert len(backlog) == 0
