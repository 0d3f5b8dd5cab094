namespace Guest.Net.Devices;

/// <summary>How a chip's descriptor lends it a buffer to receive into.</summary>
public interface IReceiveLayout
{
    /// <summary>Fills a descriptor. The word that hands it over is written last, with <see cref="System.Threading.Volatile"/>, unless a
    /// register does that.</summary>
    /// <param name="descriptor">One that the chip has given back.</param>
    /// <param name="address">The chip's address of the buffer.</param>
    /// <param name="isLast">Whether it is the last of the ring.</param>
    static abstract void Lend(ref Descriptor descriptor, ulong address, bool isLast);
}
