namespace Guest.Core.Memory;

public static unsafe partial class AddressSpace
{
    public static partial byte* Direct(ulong physical) => (byte*)(DirectMapBase + physical);
}
