/** Something outside the code keeps the service from starting: said in one line, then exit 1. */
export class StartError extends Error {
  override readonly name = 'StartError';
}
