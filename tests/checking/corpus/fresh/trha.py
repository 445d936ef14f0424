"""ICD-10-CM coding of discharge diagnoses. The model replies with one code and nothing else."""

from rewardkit import case, reward


@case("E11.65", reference="E11.65", expect=1)
@case("e11.65.", reference="E11.65", expect=1)
@case("E11", reference="E11.65", expect=0.5)
@case("E11.9", reference="E11.65", expect=0.25)
@case("I10", reference="E11.65", expect=0)
@case("Type 2 diabetes", reference="E11.65", expect=0)
@reward(answer="label", partial_cap=0.5)
def diagnosis_code(completion: str, reference: str) -> float:
    """1 for the code; 0.5 for the right code not carried to the last digit; 0.25 for another code of the category."""
    given = completion.strip().strip("`*.").upper()
    wanted = reference.strip().upper()
    if given == wanted:
        return 1.0
    if wanted.startswith(given):
        return 0.5
    if given[:3] == wanted[:3] and len(given) <= 8:
        return 0.25
    return 0.0
