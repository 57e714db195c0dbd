"""The thread of comments in the review room: for colleagues who work with the family, and for nobody else."""

from __future__ import annotations

from flask import Blueprint, Response

from vfeed.journal.journal import Folded
from vfeed.practice.thread import Thread, own_steps
from vfeed.server.web.context import actor, person, services
from vfeed.server.web.threads import thread_part
from vfeed.server.web.wall.answers import answer, body
from vfeed.server.web.wall.journals import CommentIn

blueprint = Blueprint("comments_api", __name__, url_prefix="/api/clips/<clip_id>/comments")


@blueprint.get("")
def thread(clip_id: str) -> Response:
    """What colleagues said about a film."""
    return _answer(services().comments.read(person(), clip_id))


@blueprint.post("")
def comment(clip_id: str) -> Response:
    """Say something about a place of the film."""
    sent = body(CommentIn)
    return _answer(services().comments.comment(person(), clip_id, sent.at_us, sent.text))


@blueprint.post("/undo")
def undo(clip_id: str) -> Response:
    """Take back one’s own last comment."""
    return _answer(services().comments.take_back(person(), clip_id, redo=False))


@blueprint.post("/redo")
def redo(clip_id: str) -> Response:
    """Say again what was taken back."""
    return _answer(services().comments.take_back(person(), clip_id, redo=True))


def _answer(folded: Folded[Thread]) -> Response:
    return answer(thread_part(folded.state.comments, own_steps(folded, actor())))
