using Guest.Interleaving.Tests.Hooks;

// Names of the own namespace come before those of System.Threading.
namespace Guest.Pv.Virtio;

internal abstract class Volatile : HookedVolatile;

internal abstract class Interlocked : HookedInterlocked;
