using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Guest.Storage.Devices;

/// <summary>What xen-blkback and a front end write to one another (io/blkif.h, the 64-bit layout). Sectors are 512 bytes here whatever the
/// disk's are.</summary>
internal static class BlkFrontRing
{
    public const byte OperationRead = 0;
    public const byte OperationWrite = 1;
    public const byte OperationWriteBarrier = 2;
    public const byte OperationFlush = 3;
    public const byte OperationDiscard = 5;
    public const byte OperationIndirect = 6;

    public const short StatusOkay = 0;
    public const short StatusError = -1;
    public const short StatusUnsupported = -2;

    public const int SectorShift = 9;

    /// <summary>BLKIF_MAX_SEGMENTS_PER_REQUEST: what fits in a request itself.</summary>
    public const int DirectSegments = 11;

    /// <summary>Segments in one indirect page.</summary>
    public const int IndirectSegmentsPerPage = 4096 / 8;

    /// <summary>VDISK_READONLY in the back end's <c>info</c>.</summary>
    public const uint InfoReadOnly = 4;

    /// <summary>blkif_request_segment, as one word: a grant, and the first and last sector in its page.</summary>
    /// <param name="grant">The page's.</param>
    /// <param name="offset">Where in the page, in bytes: whole sectors, as is <paramref name="length"/>.</param>
    /// <param name="length">Bytes, at least a sector and not beyond the page.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Segment(uint grant, int offset, int length)
    {
        uint first = (uint)offset >> SectorShift;
        uint last = (uint)(offset + length - 1) >> SectorShift;
        return grant | ((ulong)first << 32) | ((ulong)last << 40);
    }

    /// <summary>blkif_request, and by other names for the same bytes blkif_request_discard (sectors where the first segment is) and
    /// blkif_request_indirect (handle, then the indirect pages' grants, there).</summary>
    [StructLayout(LayoutKind.Explicit, Size = BodyOffset + (DirectSegments * 8))]
    public struct Request
    {
        public const int BodyOffset = 24;

        [FieldOffset(0)]
        public byte Operation;

        /// <summary>Segments; in an indirect request the operation that is meant.</summary>
        [FieldOffset(1)]
        public byte SegmentsOrOperation;

        /// <summary>The device's number; in an indirect request the segments.</summary>
        [FieldOffset(2)]
        public ushort HandleOrSegments;

        [FieldOffset(8)]
        public ulong Id;

        [FieldOffset(16)]
        public ulong Sector;

        /// <summary>The first of the segments.</summary>
        [FieldOffset(BodyOffset)]
        public ulong Body;
    }

    /// <summary>blkif_response, as the two words it is read in: the back end cannot change what has been judged.</summary>
    public readonly struct Response(ulong id, ulong operationAndStatus)
    {
        public ulong Id => id;

        public byte Operation => (byte)operationAndStatus;

        public short Status => (short)(operationAndStatus >> 16);
    }
}
