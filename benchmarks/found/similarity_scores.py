"""rouge-score 0.1.2, sacrebleu 2.6.0, jiwer 4.0.0: measures of likeness as rewards.

pip install rouge-score==0.1.2 sacrebleu==2.6.0 jiwer==4.0.0
"""

from __future__ import annotations

import jiwer
import sacrebleu
from rouge_score.rouge_scorer import RougeScorer

from rewardkit import reward

_rouge = RougeScorer(["rougeL"])


@reward(answer="text")
def rouge_l(completion: str, reference: str) -> float:
    """F-measure of the longest common subsequence of words."""
    return float(_rouge.score(reference, completion)["rougeL"].fmeasure)


@reward(answer="text")
def chrf(completion: str, reference: str) -> float:
    """F-score of runs of letters."""
    return sacrebleu.sentence_chrf(completion, [reference]).score / 100


@reward(answer="text")
def bleu(completion: str, reference: str) -> float:
    """BLEU of one sentence."""
    return sacrebleu.sentence_bleu(completion, [reference]).score / 100


@reward(answer="text", range=(-1000000, 1))
def word_errors(completion: str, reference: str) -> float:
    """1 less the word error rate."""
    return 1 - jiwer.wer(reference, completion)
