"""Tasks in virtual time: one runs at once, in an order that follows from the times they sleep, at no real time.

Each has a stack of its own, which costs a fortieth of a thread's switch.
"""

import heapq
from collections.abc import Callable

from greenlet import getcurrent, greenlet

from wechat_aws.dedup_time import OutOfTime, Time, Wait


class Killed(BaseException):
    """Thrown into the tasks of a process that was killed, at whatever they do next."""


class Process:
    """What is killed as one."""

    def __init__(self, name: object = None) -> None:
        self.name = name
        self.dead = False


class Task:
    """What runs only while it is its turn."""

    def __init__(self, process: Process, stack: greenlet) -> None:
        self.process = process
        self.stack = stack
        self.entry = 0
        self.ended = False
        self.is_ringing = False


class World:
    """A clock, and an agenda of what is to happen when."""

    def __init__(self, now: float) -> None:
        self.now = now
        self._agenda: list[tuple[float, int, Callable[[], object]]] = []
        self._entries = 0
        self._agendas = getcurrent()
        self._running = Task(Process(), self._agendas)

    def clock(self) -> float:
        """Unix seconds."""
        return self.now

    @property
    def process(self) -> Process:
        """The process whose turn it is."""
        return self._running.process

    @property
    def task(self) -> Task:
        """The task whose turn it is."""
        return self._running

    def at(self, when: float, do: Callable[[], object]) -> None:
        """Do something at a time, between the turns of tasks."""
        self._entries += 1
        heapq.heappush(self._agenda, (when, self._entries, do))

    def start(self, run: Callable[[], object], process: Process | None = None) -> Task:
        """Begin a task, of the process that runs now unless another is given."""

        def live() -> None:
            try:
                run()
            except Killed:
                pass
            finally:
                task.ended = True

        task: Task = Task(process or self.process, greenlet(live, self._agendas))
        self.wake(task)
        return task

    def sleep(self, seconds: float) -> None:
        """Let others run until that much time has passed, or somebody wakes this task."""
        if self.process.dead:
            raise Killed
        task = self._running
        self._wake_at(self.now + seconds, task)
        self._agendas.switch()
        if task.process.dead:
            raise Killed
        if task.is_ringing:
            task.is_ringing = False
            raise OutOfTime

    @property
    def time(self) -> Time:
        """This world's, for what is tested in it."""
        return Time(self.clock, self.sleep, self.beside, self.within)

    def beside(self, work: Callable[[Wait], None]) -> Callable[[], None]:
        """Begin a task of this process; what is returned stops it, and waits for its end."""
        stopped = False

        def wait(seconds: float) -> bool:
            if not stopped:
                self.sleep(seconds)
            return stopped

        task = self.start(lambda: work(wait))

        def stop() -> None:
            nonlocal stopped
            stopped = True
            self.wake(task)
            while not task.ended:
                self.sleep(0.001)

        return stop

    def within[T](self, seconds: float, run: Callable[[], T]) -> T:
        """Run a function, and break off whatever it sleeps for when the time is over."""
        task, over = self._running, False

        def ring() -> None:
            if not over:
                task.is_ringing = True
                self.wake(task)

        self.at(self.now + seconds, ring)
        try:
            return run()
        finally:
            over = True

    def wake(self, task: Task) -> None:
        """End a task's sleep."""
        self._wake_at(self.now, task)

    def run(self) -> None:
        """Let everything happen; what a task raises is raised here."""
        while self._agenda:
            self.now, _, do = heapq.heappop(self._agenda)
            do()

    def _wake_at(self, when: float, task: Task) -> None:
        task.entry = entry = self._entries + 1
        self.at(when, lambda: self._give_turn(task, entry))

    def _give_turn(self, task: Task, entry: int) -> None:
        if task.entry == entry and not task.ended:  # an earlier entry was overtaken by a wake
            self._running = task
            task.stack.switch()
