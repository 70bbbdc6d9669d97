export interface Answer {
  milliseconds: number;
}
