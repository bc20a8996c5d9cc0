/** Mean −ln p of the true class in nats, from logits: exact where probabilities would round to 0 or 1. `labels` are 0 or 1. */
export function logitLoss(logits: Float32Array, labels: Float64Array): number {
  let sum = 0;
  for (let row = 0; row < logits.length; row++) {
    const logit = logits[row] ?? 0;
    const against = labels[row] === 1 ? -logit : logit;
    sum += Math.max(0, against) + Math.log1p(Math.exp(-Math.abs(against)));
  }
  return sum / logits.length;
}
