#include "sounder.h"

#include <math.h>

double depth(double seconds) { return round(1500.0 * seconds / 2.0); }
