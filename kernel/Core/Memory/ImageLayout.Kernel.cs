using System.Runtime;
using System.Runtime.CompilerServices;

namespace Guest.Core.Memory;

public readonly unsafe partial record struct ImageLayout
{
    /// <summary>The running image's.</summary>
    public static ImageLayout OfThisImage => *Address();

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "image_layout_address")]
    private static extern ImageLayout* Address();
}
