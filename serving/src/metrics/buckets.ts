/** Upper bounds in seconds: close together from 1 to 200 ms, where the targets (50 and 100 ms) lie, so that a p95 read from them is near the true one. */
export const durationBuckets = [
  0.0005, 0.001, 0.0015, 0.002, 0.003, 0.004, 0.005, 0.0075, 0.01, 0.0125, 0.015, 0.02, 0.025, 0.03, 0.035, 0.04, 0.045, 0.05, 0.06, 0.07, 0.08, 0.09, 0.1, 0.11, 0.125, 0.15,
  0.175, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 10,
];

export const scoreBuckets = Array.from({ length: 20 }, (_, index) => (index + 1) / 20);

export const rowBuckets = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];
