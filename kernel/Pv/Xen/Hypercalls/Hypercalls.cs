using System.Runtime.CompilerServices;
using Guest.Core.Diagnostics;

namespace Guest.Pv.Xen;

/// <summary>The one door to the hypervisor: every hypercall passes it and is counted, by number for the machine and as
/// <see cref="PathEvent.Hypercall"/> for the device that pays.</summary>
public abstract class Hypercalls
{
    /// <summary>How many entries the hypercall page has that matter: numbers below this are counted.</summary>
    public const int Count = 64;

    private readonly long[] _made = new long[Count];

    /// <summary>How many hypercalls of <paramref name="number"/> were made so far.</summary>
    public long Made(int number) => _made[number];

    /// <summary>Makes a hypercall.</summary>
    /// <param name="number">One of <see cref="HypercallNumber"/>.</param>
    /// <param name="first">The first argument; what it means is the hypercall's affair.</param>
    /// <param name="second">The second argument.</param>
    /// <param name="third">The third argument.</param>
    /// <param name="fourth">The fourth argument.</param>
    /// <param name="payer">The device for which it is made, or null for the machine's own.</param>
    /// <returns>The hypervisor's result: negative is an error number (xen/errno.h).</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Call(int number, ulong first, ulong second = 0, ulong third = 0, ulong fourth = 0, PathCounters? payer = null)
    {
        _made[number]++;
        payer?.Count(PathEvent.Hypercall);
        return Invoke(number, first, second, third, fourth);
    }

    /// <summary>Adds hypercalls that were made before this door stood.</summary>
    protected void CountEarlier(int number, long made) => _made[number] += made;

    /// <summary>The hypercall itself.</summary>
    protected abstract long Invoke(int number, ulong first, ulong second, ulong third, ulong fourth);
}
