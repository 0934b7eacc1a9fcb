"""A view that ends its process: what a crash inside a library looks like."""

import os

from bimson_site.extension import Extension, Planner, View
from bimson_site.model import Page, Whole


def plan(_whole, _masthead):
    yield Page("/ngat/", "ngat", "", owner="ngat")


def draw(_page, _texts, _press):
    os._exit(1)


EXTENSION = Extension("ngat", planners=(Planner("ngat", Whole, plan),), views=(View("ngat", draw),))
