/* Depth from the time that an echo takes. */
double depth(double seconds);
