using Xunit.Sdk;
using Xunit.v3;

// Every test boots a machine of its own; on two processors one at a time is the fastest, and the steadiest.
[assembly: Parallelization(Mode = ParallelMode.None)]
