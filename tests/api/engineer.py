"""What an engineer writes with the front door; mypy checks it strictly against the installed package, and it runs."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import derive


def slopes(solution: derive.Solution) -> dict[str, float]:
    """Every partial derivative of the error as a float."""
    return {row.id: float(row.value) for row in solution.table() if row.id.startswith("dE_") and row.value is not None}


mine: derive.Exercise = derive.exercise(
    name="mine",
    title={"en": "My own network", "es": "Mi propia red"},
    inputs=[0.05, 0.10],
    targets=[0.01],
    layers=[
        {"weights": [[0.15, 0.20], [0.25, 0.30]], "bias": 0.35},
        {"weights": [[0.40, 0.45]], "bias": [0.60], "activation": "tanh"},
    ],
    learning_rate=0.5,
)
solution = derive.solve(mine)
error: Decimal = solution["E_total"]
values: Mapping[str, Decimal] = solution
after: Mapping[str, Decimal] = solution.after(rounds=10)
assert after["E_total"] < error

sheet: derive.Sheet = derive.worksheet(mine, language="es", digits=4, detail="results")
saved: Path = sheet.save("hoja.html")
html: str = derive.key(mine).html
assert saved.read_text(encoding="utf-8") == sheet.html != html

checked: derive.Checked = derive.check(mine, {"net_h1": "0,3775", "out_h1": 0.59}, language="es")
verdict: derive.Verdict = checked.verdicts["net_h1"]
first: derive.Answer | None = checked.first_wrong
assert verdict is derive.Verdict.CORRECT
assert first is None
marks: Decimal = checked.marks

same: derive.Comparison = derive.compare(mine, slopes(solution))
assert same.agrees, str(same)

try:
    derive.load("mazurr")
except derive.AuthorError as problem:
    codes: list[str] = [one.code for one in problem.problems]
    assert codes == ["unknown_exercise"]
