"""The sentences for errors, in English: one for each code. Each says what is wrong and what was expected or what to do.

Where it is (file, line, key) is put before the sentence by ``Problem``. To add an error, add its code here.
"""

from __future__ import annotations

from collections.abc import Mapping

SENTENCES: Mapping[str, str] = {
    # exercise files: as a whole
    "not_a_file": "is a folder; name a file",
    "file_missing": "there is no such file",
    "file_unreadable": "cannot be read: {reason}",
    "file_too_large": "is larger than {limit} bytes; a file of this kind is not",
    "not_text": "is not UTF-8 text (first at byte {offset}); save it as UTF-8",
    "not_toml": "is not TOML: {reason}",
    "unknown_exercise": "there is no shipped exercise {name!r}{nearest}; 'pencilgrad list' shows them all, "
    "a path to a file of your own ends in .toml",
    # exercise files: a key
    "unknown_key": "unknown key{nearest}; allowed here: {allowed}",
    "missing_key": "is missing ({expected})",
    "wrong_type": "is {found}; expected {expected}",
    "not_finite": "is {found}; expected a finite number",
    "too_extreme": "{found} is too large, too small or too long; expected at most 15 digits, "
    "and a size between 1e-9 and 1e9 (or 0)",
    "unknown_name": "unknown name {found!r}{nearest}; expected one of {allowed}",
    "out_of_range": "is {found}; expected {expected}",
    "more_problems": "there are more problems than these {shown}; mend these first",
    "too_long": "is too long ({found}); expected at most {limit}",
    "control_character": "contains the control character U+{found}; remove it",
    "row_length": "has {found}; expected {expected}, one for each {source}",
    "list_length": "has {found}; expected {expected}, one for each neuron of the last layer",
    "bias_length": "has {found}; expected one number for the whole layer, or a list of {expected}, one for each neuron",
    "both_roundings": "sets both digits and figures; keep one of them",
    "no_biases_to_train": "is true, but no layer has a bias; add 'bias' to a layer or set it to false",
    "network_too_large": "has {found} weights and biases; step-by-step sheets are printed for at most {limit}",
    "logo_type": "{found!r} is not a PNG or JPEG image, or it is damaged",
    # the command line
    "unknown_format": "cannot tell a format from {found!r}; end the name in one of {allowed}",
    "folder_missing": "the folder {folder!r} does not exist; create it first",
    "write_failed": "could not be written: {reason}; what stood there is unchanged",
    "exists": "already exists; choose another name, or --force to replace it",
    "both_given": "{one} and {other} cannot be used together",
    "not_fillable": "--fillable works for {allowed}; LaTeX has no such boxes",
    "own_exercise": "is the exercise itself; choose another name",
    "not_regular": "is neither a file nor free; choose another name",
    "not_printed": "could not print: {reason}",
    "saturated": "neuron {neuron} is saturated: its net input is {net}, where {activation} has no slope left to "
    "calculate with; choose numbers that keep net inputs between -{limit} and {limit}",
    # templates and languages
    "template_error": "{reason}",
    "templates_missing": "there is no such folder; --templates takes a folder laid out as the shipped one",
    "templates_unused": "none of its files has the place of a shipped template, such as html/screen.css or "
    "pdf/page.css; lay the folder out as the shipped one",
    "catalogue_broken": "is not a gettext catalogue: {reason}",
    "message_missing": "has no text for the message",
    "message_broken": "cannot be read: {reason}; braces come in pairs around a name",
    "unknown_locale": "its name is not the code of a language, such as es or pt_BR",
    "message_surplus": "has a message that no other catalogue has{nearest}; remove or rename it",
    "message_mismatched": "has the placeholders {found}; expected {expected}",
    "unknown_language": "there is no catalogue for {found!r}{nearest}; there are {allowed}",
    # the machine
    "no_room_for_fonts": "PDF needs a folder for temporary files ({reason}); make room there, or set TMPDIR to another",
    "pango_missing": "PDF needs the Pango library, which this machine has not ({reason}). Install it: {packages}. "
    "Or name a file that ends in .html or .tex, which need nothing.",
}
