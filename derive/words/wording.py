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
    "sample_length": "has {found}; expected {expected}, as many as the first sample has",
    "samples_differ": "number of rows: {found}; expected {expected}, one for each sample of the inputs",
    "no_targets": "is set, but the loss {loss!r} has no targets; remove it",
    "not_distribution": "adds up to {found}; with cross_entropy the targets of a sample add up to 1",
    "not_probability": "has a target outside 0 to 1, which binary_cross_entropy has no use for",
    "units_and_weights": "stands beside weights, which say already how many neurons there are; keep one of them",
    "bias_and_threshold": "stands beside bias; keep one of them (a threshold is a bias that is subtracted)",
    "half_symbolic": "gives numbers while another layer has only units; give numbers for all layers or for none",
    "softmax_inside": "is softmax, which only the last layer can have",
    "numbers_missing": "is only how many inputs there are, but the layers have weights; list the values of the inputs",
    "targets_missing": "is only how many targets there are; list their values",
    "named_twice": "{name!r} is named twice; once is enough",
    "symbolic_inputs": "lists values, but a layer has only units, so the sheet is in symbols; say how many inputs "
    "there are, as in inputs = 2",
    "two_decays": "stands beside {optimizer}, which has a decay of its own; set [optimizer] decay and remove this one",
    "output_first_batch": "is output_first, which updates after every sample; set [training] batch = 1",
    "mean_of_biases_sgd": "is mean_of_biases, which is plain gradient descent after every sample; set [training] "
    "batch = 1 and no other optimiser, or say mean",
    "rounds_and_epochs": "stands beside rounds; keep one of them",
    "batch_too_large": "is {found}; expected at most {expected}, the number of samples",
    "setting_unused": "is no setting of {optimizer}; it has {allowed}",
    "unknown_parameter": "there is no weight and no trained bias {name!r}{nearest}; weights are w1, w2, …, biases b1, "
    "b2, …; biases are trained where [conventions] has train_biases = true",
    "published_length": "has {found} entries; expected {expected}, one for each printed number",
    "published_number": "is {found!r}; expected a number as a page prints it, such as 0.298371109 or 1.77e-04",
    "published_quantity": "there is no quantity {found!r}{nearest}; 'pencilgrad solve' lists them all",
    "published_given": "there is no given value {found!r}{nearest}",
    "published_formulas": "is of networks, but formulas have no rounds, no layers and no loss; remove it",
    "published_epoch": "stands beside epoch, which says already what rounds are looked at; keep one of them",
    "published_layers": "has {found} entries; expected {expected}, one for each [[layer]]",
    "published_symbolic": "stands in an exercise in symbols, which has no numbers to compare printed ones with; give "
    "its layers weights",
    "vary_unknown": "names nothing that can vary here{nearest}; groups: {groups}; single values by id, such as w5",
    "vary_group": "this exercise has no {group} that could vary; it has {groups}",
    "vary_order": "runs from {low} down to {high}; begin with the smaller number",
    "vary_decimals": "begins at {low}, which has more decimals than the step {step}; write the step with as many, as "
    "in step = 0.050",
    "vary_step": "steps of {step} do not lead from {low} to {high}; let the step divide their distance",
    "vary_single": 'leaves one choice between {low} and {high} (0 is never drawn); widen it, or say "fixed"',
    "vary_signs": "has signs = true, which turns sizes round, but begins at {low}; let it begin at 0 or above",
    "vary_rate": "could make the learning rate negative or 0; keep it greater than 0, without signs",
    "vary_distribution": "draws targets one by one, but with cross_entropy those of a sample add up to 1; leave it out",
    "vary_probability": "could draw a target outside 0 to 1, where binary_cross_entropy has no value; narrow it",
    "vary_symbolic": "is in symbols, so it has no numbers that could vary; give its layers weights",
    "both_roundings": "sets both digits and figures; keep one of them",
    "no_biases_to_train": "is true, but no layer has a bias; add 'bias' to a layer or set it to false",
    "network_too_large": "has {found} weights and biases; step-by-step sheets are printed for at most {limit}"
    ", of larger networks there are only a worksheet and a key, in matrices (--notation matrix)",
    "not_for_large": "is not possible for a network of more than {limit} weights and biases; remove it, or take a "
    "smaller network",
    "value_missing": "there is no value for {name!r}, which the formulas use; add {name} = … to [values]",
    "value_unused": "no formula uses {name!r}{nearest}; remove it",
    "diverged": "training diverges: in round {round} a value leaves the range of numbers; "
    "choose a smaller learning rate",
    "no_value": "{quantity} = {formula} has no value that one could calculate with, at these numbers; choose others",
    "quantity_unknown": "no quantity here is called {found!r}{nearest}",
    "exercise_name": "is {found}; expected what its files can be called: one line of at most 100 characters, "
    "without slashes",
    "no_answers": "is {found}; expected a dict of answers by the ids of quantities",
    "quantity_given": "{found!r} is given and not calculated; .given has its value",
    "compared_in_symbols": "is in symbols and has no numbers to compare with",
    "quantity_in_symbols": "{found!r} has no value, for the exercise is in symbols; .steps has its formula",
    "no_training": "has no numbers that training could change, so there are no rounds",
    "nested_too_large": "the error as one nested expression would take {size}, and a page holds {limit} lines; "
    "leave --nested out, or take a smaller network",
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
    "not_a_folder": "is a file; name a folder, or a place where one can be made",
    "folder_failed": "the folder could not be made: {reason}; choose another place",
    "other_set": "holds another set, made with other settings; choose another folder, or --force to replace it",
    "files_left": "these differ from what the set has there and were left as they are ({found}): {names}; "
    "choose another folder, or --force to replace them: who has the same place in the list keeps the same numbers",
    "set_interrupted": "interrupted; {done} of {all} students are finished, and the same command does the rest",
    "set_stopped": "{done} of {all} students are finished; the same command does the rest",
    "roster_or_variants": "a set is for the students of a list or for so many variants: add --roster FILE "
    "or --variants N, one of the two",
    "code_other": "belongs to another version of the exercise, or to other options: repeat --digits, --figures and "
    '--detail as the set had them (its manifest.json lists them under "set")',
    "code_nameless": "does not say of which exercise; write EXERCISE before --code",
    "code_mismatched": "is a code of {found!r}, not of {name!r}",
    "code_and_several": "is of one exercise; name no more than that",
    "no_distributed": "--scheduler needs the package distributed; install it with: pip install 'pencilgrad[cluster]'",
    "no_scheduler": "no Dask scheduler answers at {address!r} ({reason}); start one with 'dask scheduler', or leave "
    "--scheduler out",
    "workers_lost": "workers have died {times} times and the rest was given up; what is finished is kept, so run the "
    "same command again, with fewer --jobs if memory is short",
    "unexplained": "neither reproduced nor explained, {found} of {all} printed numbers: {places}",
    # variants for a class set
    "vary_large": "has {found} weights and biases; variants are drawn of networks with at most {limit}",
    "vary_nothing": "has no value that could vary: whole numbers stay as they are unless [vary] says otherwise; add a "
    "table such as [vary] with values = {{ from = 2, to = 9, step = 1 }}",
    "variants_exhausted": "no variant number {number} was found in {draws} draws: {failed} failed because {reason}",
    "variant_no_value": "a formula has no value there, or training diverges ({quantity}); narrow [vary]",
    "variant_saturated": "{quantity} is so large that its neuron has hardly any slope left; let [vary] draw smaller "
    "weights or inputs",
    "variant_kink": "{quantity} is too close to where a case distinction changes over; let [vary] draw larger weights "
    "or inputs, or print with more digits (--digits)",
    "variant_dead": "all neurons of a layer are off ({quantity} and those beside it); let [vary] draw larger biases",
    "variant_vanishing": "the answer {quantity} has fewer than 3 significant digits as printed; print with more digits "
    "(--digits or --figures)",
    "variant_error": "the error does not change in the direction in which it should ({quantity}); let [vary] draw a "
    "smaller learning rate, or fewer values",
    "variant_hidden": "a known mistake at {quantity} would come to the right answer as printed; print with more digits "
    "(--digits or --figures), or widen [vary]",
    "variant_alike": "two known mistakes at {quantity} would come to the same answer as printed; print with more "
    "digits (--digits or --figures), or widen [vary]",
    "variant_branch": "{quantity} takes another branch of a case distinction, or is 0, where in most it is not; narrow "
    "[vary] so that it does not change sides",
    "variant_pattern": "{quantity} has another sign or another number of digits than in the first variants; narrow "
    '[vary], or set its pattern = "free"',
    "variant_repeated": "the answer {quantity} is that of an earlier variant already; widen [vary], or print with more "
    "digits (--digits)",
    # formulas
    "formula_too_long": "is {found} characters long; expected at most {limit}",
    "formula_unexpected": "column {column}, at {place}: expected {expected}",
    "formula_function": "column {column}: unknown function {found!r}{nearest}; known are {known}; "
    "a product needs its *",
    "formula_arguments": "column {column}: {name} takes {expected}; found {found}",
    "formula_digits": "column {column}, at {place}: a number of {found} digits; expected at most {limit}",
    "formula_exponent": "column {column}, at {place}: the exponent {found} is too large; expected a size of at most "
    "{limit}",
    "formula_base": "column {column}, at {place}: {found} to a power that varies; expected a base greater than 0",
    "formula_constant": "column {column}: {found} is no real number, or one of a size above 1e30",
    "formula_zero": "column {column}, at {place}: dividing by {found} gives no number",
    "formula_nesting": "column {column}, at {place}: more than {limit} levels of brackets and functions; give a part "
    "of the formula a name of its own",
    "formula_operations": "column {column}, at {place}: more than {limit} operations in all; leave some out",
    "formula_name": "column {column}: {found!r} cannot name a value; expected letters, then digits if any, as in x or "
    "w0",
    "formula_reserved": "column {column}: {found!r} has a meaning of its own here; choose another name",
    "formula_assigned_twice": "column {column}: {found!r} is assigned by statement {first} already; a name is assigned "
    "once",
    "formula_too_early": "column {column}: {found!r} is used in statement {used} and assigned in statement {assigned}; "
    "assign a name before it is used",
    # tables
    "table_encoding": "is not UTF-8 text; in Excel save it as 'CSV UTF-8 (comma delimited)', elsewhere choose UTF-8 "
    "when you save or export it",
    "table_csv": "cannot be read as CSV: {reason}; a cell with quotes in it stands in quotes, and each of its own is "
    "written twice",
    "table_lines": "has more than {limit} lines; divide it into several files",
    "table_column_twice": "two columns are called {found!r}; rename one or take it out",
    "table_row_length": "this row has {found} cells, and the row that names the columns {expected}; a cell that "
    "contains {delimiter} stands in quotes",
    # class lists and codes
    "roster_empty": "has no students; expected one row for each below the row that names the columns",
    "roster_column": "there is no column for the {column}; found {found}; it may be called {spellings}",
    "roster_cell_empty": "is empty; every student has a name and an id",
    "roster_same_id": "the id {found!r} is that of line {first} already; give every student another",
    "roster_too_long": "has more than {limit} students; divide the class into several lists",
    "code_length": "has {found} characters after the exercise's name; expected {expected}, as in mazur-7QK2M-9X4TC",
    "code_character": "character {place} is {found!r}, which stands in no code; expected digits and letters other than "
    "I, L, O and U",
    "code_check": "is no code that was printed: a character is wrong or two are exchanged; compare it with the page",
    "manifest_broken": "is not the manifest of a class set, or it is damaged; --set takes the folder that 'pencilgrad "
    "class' has written",
    "answers_of_nobody": "nothing says whose answers these are, or they are of nobody in the set: give the code of "
    "the sheet, or the id of the student as in the list",
    "answers_nothing": "there is no answer sheet to check; name files that have answers in them, or folders with such "
    "files",
    "answers_left": "{found} of the warnings above say what was left out",
    "reports_elsewhere": "has other files in it; choose an empty folder, or --force to write the reports among them",
    "sheets_without_folder": "needs a folder for the sheets; add -o FOLDER",
    "answers_blank": "every field of this form is blank; if that surprises you, ask whether it was saved after it was "
    "filled in",
    "answers_of_other": "the code {code} is that of somebody else's sheet, not of {id}; give everybody's own code",
    "reports_of_others": "has the marks of {found} students whose answers are not among these; check all answers "
    "together, choose another folder, or --force to leave the others out",
    "answers_twice": "a later answer sheet of the same person; {other} is not looked at; if they are two people, give "
    "each an id",
    "answers_field": "the sheet does not ask for {found!r}{nearest}; this answer is left out",
    "answers_field_twice": "{found} is answered twice; the second answer is left out",
    "answers_large": "its sheet is in matrices without names for their entries, or its answers are formulas with "
    "matrices, which cannot be compared; choose a smaller network, or --notation net-out",
    # answers that were handed in
    "answers_none": "holds no answers: no file in it ends in one of {allowed} and differs from what a class set has "
    "there",
    "answers_link": "is a link that leads out of the folder; name the file that it leads to",
    "answers_full": "here are more than {limit} {what} in all, and the rest was not read; read fewer files at a time",
    "answers_many": "has more than {limit} answers, which no sheet asks for",
    "answers_long": "its answers are longer than {limit} characters together",
    "answer_named_twice": "two answers are called {found!r}; keep one of them",
    "form_broken": "cannot be read as a PDF: it is damaged, incomplete, or unpacks to more than a form can be; ask for "
    "the file again",
    "form_locked": "is locked with a password; save it without one",
    "form_without_fields": "has no form fields; it was printed to a PDF, or it is no fillable worksheet: ask for the "
    "file itself, saved and not printed",
    "form_time": "takes more than {limit} seconds to read, and was given up",
    "table_without_rows": "has no answers; expected one row for each student below the row that names the columns",
    "not_json": "is not JSON: {reason}",
    "record_empty": 'has no answers; expected a table such as {{"name": "Ana", "answers": {{"net_h1": "0.35"}}}}, '
    "or a list of them",
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
    # sheets for a class
    "stamp_chart": "the curve of the error is drawn anew for each student, so every sheet is laid out by itself; leave "
    "out the rounds of training to have it done at once",
    "stamp_lengths": "its numbers differ in length from student to student, so every sheet is laid out by itself",
    "stamp_several": "{count} exercises in one document; every sheet is laid out by itself",
    "stamp_source": "prints a number that is not among the quantities of its round ({quantity}), so every sheet is "
    "laid out by itself",
    "stamp_values": "has more than {limit} numbers of one digit, so every sheet is laid out by itself",
    "stamp_lost": "its numbers cannot be told apart on the finished page, as where a template prints some of them "
    "twice, so every sheet is laid out by itself",
    "pattern_differs": "the numbers of this sheet have other signs, other lengths or other cases than those that it "
    "was laid out for",
    # the machine
    "no_room_for_fonts": "PDF needs a folder for temporary files ({reason}); make room there, or set TMPDIR to another",
    "pango_missing": "PDF needs the Pango library, which this machine has not ({reason}). Install it: {packages}. "
    "Or name a file that ends in .html or .tex, which need nothing.",
}
