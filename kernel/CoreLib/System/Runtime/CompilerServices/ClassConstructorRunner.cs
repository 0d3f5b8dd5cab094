using System.Threading;

namespace System.Runtime.CompilerServices;

/// <summary>Runs a static constructor at the first access to its class. The names are ilc's.</summary>
/// <remarks>The address is taken out before the constructor runs, in one instruction, so it runs once, and one that comes back to its own
/// class finds the statics as far as they are (as in any .NET). On several processors, a second one would not wait: the kernel
/// touches such classes at boot.</remarks>
internal static unsafe class ClassConstructorRunner
{
    private static object CheckStaticClassConstructionReturnGCStaticBase(StaticClassConstructionContext* context, object gcStaticBase)
    {
        EnsureClassConstructorRun(context);
        return gcStaticBase;
    }

    private static nint CheckStaticClassConstructionReturnNonGCStaticBase(StaticClassConstructionContext* context, nint nonGcStaticBase)
    {
        EnsureClassConstructorRun(context);
        return nonGcStaticBase;
    }

    private static void EnsureClassConstructorRun(StaticClassConstructionContext* context)
    {
        nint constructor = Interlocked.Exchange(ref context->cctorMethodAddress, 0);
        if (constructor != 0)
            ((delegate*<void>)constructor)();
    }
}
