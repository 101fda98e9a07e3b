"""Guided lessons: real programs, and questions that the kernel answers.

``lesson`` says what a lesson is, ``loader`` reads one from its folder, ``course`` a
folder of them.  ``player`` drives a session to the calls that a step names, ``answers``
grades against what the kernel did, ``progress`` keeps what the learner predicted, and
``verify`` plays lessons without a screen and finds what is wrong with them.

No code of a lesson runs inside sockscope: its programs run as tracees, its conditions
are ``trace.conditions``, its prose is text.
"""
